/** @file Networks that can be had by name: where they lie, and by what one knows that they are the right ones. */

export interface CatalogueEntry {
  name: string;
  title: string;
  url: string;
  /** Hexadecimal, of the whole file. */
  sha256: string;
  bytes: number;
  licence: string;
}

export const CATALOGUE: readonly CatalogueEntry[] = [
  {
    name: 'resnet18',
    title: "ResNet-18, torchvision's ImageNet weights (the paper's encoder)",
    // torchvision's own file is a Python pickle; this is the same network as plain numbers, at a fixed revision.
    url: 'https://huggingface.co/timm/resnet18.tv_in1k/resolve/bbd144b3e5565108aad885f145491d11bc6ce807/model.safetensors',
    sha256: '694f673df6520a3158624e8a89af086f59923ee4cd7436fe5bc3bc71d295ad81',
    bytes: 46_807_446,
    licence: 'BSD-3-Clause',
  },
];

const PREFIX = 'catalogue:';

/** The entry that "catalogue:NAME" names. */
export function inCatalogue(path: string): CatalogueEntry | null {
  if (!path.startsWith(PREFIX)) return null;
  return CATALOGUE.find(({ name }) => name === path.slice(PREFIX.length)) ?? null;
}

export const catalogueName = ({ name }: CatalogueEntry): string => `${PREFIX}${name}`;
