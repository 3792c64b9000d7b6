/** @file The tools, in the order of the palette. */
import { createBox } from './box';
import { brush } from './brush';
import { eraser } from './eraser';
import { createPolygon } from './polygon';
import { createSelect } from './select';
import { threshold } from './threshold';
import type { Tool } from './tool';
import { createWand } from './wand';

export const TOOLS: readonly Tool[] = [
  createSelect(),
  brush,
  eraser,
  createPolygon(),
  createBox(),
  createWand(),
  threshold,
];
