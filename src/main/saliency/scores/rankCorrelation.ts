import { correlation } from '../../noise/statistics';
import { tiedRanks } from './ranks';

/**
 * Spearman's rank correlation of two maps of one image, ties sharing their rank: the agreement of two seeds, or what
 * randomising the encoder leaves (Adebayo et al. 2018).
 * @returns in [-1, 1]; 0 where one of the maps is constant
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return correlation(tiedRanks(a), tiedRanks(b));
}
