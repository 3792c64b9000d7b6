/** @file What a pane can show, by name. */
import { ATTRIBUTIONS, type AttributionMethod, attributionMethod } from '../../contract/explain';
import type { MaskKind } from '../../contract/noiseMap';
import type { RunSummary } from '../../contract/types';
import type { PaneKind } from '../state/settings.svelte';

export interface PaneOption {
  value: PaneKind;
  label: string;
  title: string;
}

const IMAGE: PaneOption[] = [
  { value: 'original', label: 'Original', title: 'The image as it is' },
  { value: 'noisy', label: 'Noisy sample', title: 'The image under the noise of a mask' },
];
const MASKS: PaneOption[] = [
  { value: 'positive', label: 'Positive map', title: 'What has to stay clear' },
  { value: 'negative', label: 'Negative map', title: 'Where the least noise hurts most' },
];
const DIFFERENCE: PaneOption = {
  ...{ value: 'difference', label: 'Difference', title: 'One map less another' },
};
const METHODS = attributionMethod.options.map((id): PaneOption => {
  const { title, means } = ATTRIBUTIONS[id];
  return { value: `method:${id}`, label: title, title: means };
});

/** Those that a key or a button of the toolbar brings. */
export const USUAL: PaneOption[] = [...IMAGE, ...MASKS];

export const runOf = (kind: PaneKind): number | null =>
  kind.startsWith('run:') ? Number(kind.slice('run:'.length)) : null;

export const methodOf = (kind: PaneKind): AttributionMethod | null =>
  kind.startsWith('method:') ? (kind.slice('method:'.length) as AttributionMethod) : null;

export interface OptionGroup {
  title: string;
  options: PaneOption[];
}

const titleOf = (mask: MaskKind | null) => (mask === 'positive' ? 'Positive' : 'Negative');

/** Maps alone: what can be measured and subtracted. @param masks trained masks, the newest last */
export function mapOptions(masks: RunSummary[]): OptionGroup[] {
  const runs = masks.toReversed().map(({ id, mask, title }): PaneOption => {
    return { value: `run:${id}`, label: `${titleOf(mask)}, run ${id}`, title };
  });
  return [
    { title: 'Noise masks', options: MASKS },
    { title: 'Other methods', options: METHODS },
    ...(runs.length > 0 ? [{ title: 'Runs', options: runs }] : []),
  ];
}

/** Everything, in the order of the list. */
export function paneOptions(masks: RunSummary[]): OptionGroup[] {
  const [noise, ...others] = mapOptions(masks);
  return [
    { title: 'Image', options: IMAGE },
    { title: noise!.title, options: [...noise!.options, DIFFERENCE] },
    ...others,
  ];
}

/** For headings and for those who listen; a run that is gone still has its number. */
export function paneLabel(kind: PaneKind, masks: RunSummary[]): string {
  const found = paneOptions(masks)
    .flatMap(({ options }) => options)
    .find(({ value }) => value === kind);
  return found?.label ?? `Run ${runOf(kind) ?? ''}`.trim();
}
