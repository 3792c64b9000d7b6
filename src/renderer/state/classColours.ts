/** @file One colour a class, the same wherever the class is shown. */
import { schemeTableau10 } from 'd3-scale-chromatic';
import { app } from './app.svelte';

/** Ten colours that are told apart; the eleventh class has the first one again. */
export function classColour(name: string | null): string | null {
  const at = name === null ? -1 : (app.project?.classes.findIndex((one) => one.name === name) ?? -1);
  return at < 0 ? null : schemeTableau10[at % schemeTableau10.length]!;
}
