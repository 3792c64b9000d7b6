/** @file The baselines that masks are compared with, in the order of tables. */
import { blurred } from './blurred';
import { gradCam } from './gradCam';
import { gradient } from './gradient';
import { integratedGradientsMethod } from './integratedGradients';
import type { Method } from './method';
import { occlusion } from './occlusion';
import { centre, random } from './priors';
import { rise } from './rise';
import { smoothGrad } from './smoothGrad';

export const METHODS: Method[] = [
  gradient,
  blurred(gradient),
  smoothGrad,
  blurred(smoothGrad),
  integratedGradientsMethod,
  blurred(integratedGradientsMethod),
  gradCam,
  occlusion,
  rise,
  centre,
  random,
];
