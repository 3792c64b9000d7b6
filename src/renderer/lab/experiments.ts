import type { ExperimentName } from '../../contract/types';
import type { HelpTopic } from '../help/texts';

export interface Experiment {
  name: ExperimentName;
  title: string;
  /** Its name in the command palette. */
  command: string;
  about: HelpTopic;
  /** On two threads, with three seeds. */
  minutes: string;
  /** Run from here in its short form: the long one takes hours and is for the command line. */
  quick?: boolean;
}

export const EXPERIMENTS: readonly Experiment[] = [
  {
    name: 'toy',
    title: 'Learned noise against fixed noise (section 4)',
    command: 'Run the toy experiment',
    about: 'toy',
    minutes: 'about a minute',
  },
  {
    name: 'monotone',
    title: 'Noise takes information away, a real-valued mask does not (figure 1)',
    command: 'Run the experiment on noise and masks',
    about: 'monotone',
    minutes: 'one to two minutes',
  },
  {
    name: 'maskers',
    title: 'Ways to hide pixels, at equal information removed (table 1)',
    command: 'Run the comparison of maskers',
    about: 'maskers',
    minutes: 'a few minutes',
    quick: true,
  },
  {
    name: 'mnist',
    title: 'Autoencoders of handwritten digits (table 2)',
    command: 'Run the experiment on handwritten digits',
    about: 'mnist',
    minutes: 'some minutes',
    quick: true,
  },
  {
    name: 'attack',
    title: 'Sparse attacks, spent where the negative mask says (section 2.1)',
    command: 'Run the experiment on sparse attacks',
    about: 'attack',
    minutes: 'some minutes',
    quick: true,
  },
  {
    name: 'video',
    title: 'Maps of a video that flicker less (section 2.1)',
    command: 'Run the experiment on video frames',
    about: 'video',
    minutes: 'some minutes',
    quick: true,
  },
  {
    name: 'budgets',
    title: 'A budget against penalties, and a learned mean (open questions, section 6)',
    command: 'Run the experiment on budgets',
    about: 'budgets',
    minutes: 'some minutes',
    quick: true,
  },
  {
    name: 'ssl',
    title: 'Learning without labels against a mask (Eq. 1)',
    command: 'Run the experiment on learning without labels',
    about: 'ssl',
    minutes: 'under ten minutes',
    quick: true,
  },
];
