/**
 * @file Exports: `exportProject` for the project's maps and annotations, `openExport` for maps that come from elsewhere;
 * `importAnnotations` for annotations that do.
 */
export { importAnnotations } from './annotations/importAnnotations';
export { describeMask, exportProject } from './exportProject';
export { previewExport } from './preview';
export { openExport } from './writer';
