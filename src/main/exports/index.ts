/** @file Exports: `exportMaps` for the project's maps, `openExport` for maps that come from elsewhere. */
export { describeMask, exportMaps } from './exportProject';
export { openExport } from './writer';
