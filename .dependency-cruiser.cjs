/** The direction of imports: renderer -> contract <- main; inside main, entries -> shell, api -> services -> engine. */
const room = (name) => `^src/main/${name}/`;
const only = (name, allowed, extra = []) => ({
  name: `${name}-imports`,
  severity: 'error',
  from: { path: room(name) },
  to: {
    path: '^src/',
    pathNot: [
      room(name),
      ...allowed.map(room),
      '^src/contract/',
      '^src/main/files/',
      '^src/main/charts/',
      ...extra,
    ],
  },
});
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'renderer-imports',
      severity: 'error',
      from: { path: '^src/renderer/' },
      to: { path: '^src/', pathNot: ['^src/renderer/', '^src/contract/'] },
    },
    {
      name: 'contract-imports',
      severity: 'error',
      from: { path: '^src/contract/' },
      to: { path: '^src/(main|renderer|preload)/' },
    },
    {
      name: 'sql-only-in-store',
      severity: 'error',
      from: { pathNot: room('store') },
      to: { path: 'better-sqlite3' },
    },
    only('store', []),
    only('engine', []),
    {
      name: 'onnx-engine-stands-alone',
      severity: 'error',
      from: { path: '^src/main/engine/onnx/' },
      to: { path: '^src/', pathNot: '^src/main/engine/onnx/' },
    },
    only('noise', ['engine']),
    only('models', ['engine'], ['^src/main/noise/interpolation']),
    only('library', ['store'], ['^src/main/noise/random']),
    only('charts', [], ['^src/main/noise/statistics']),
    only(
      'lab',
      ['noise', 'models', 'saliency', 'engine'],
      ['^src/main/training/(jobs/|presets|protocol)', '^src/main/library/decode'],
    ),
    only('saliency', ['noise', 'models', 'engine']),
    only('reports', ['saliency', 'noise'], ['^src/main/store/types']),
    only('training', ['noise', 'models', 'lab', 'saliency', 'reports', 'engine', 'store', 'library']),
    only('exports', ['store', 'library'], ['^src/main/noise/random']),
    only('shell', []),
    {
      name: 'api-imports',
      severity: 'error',
      from: { path: room('api') },
      to: { path: ['^src/renderer/', room('shell')] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.svelte$' },
  },
};
