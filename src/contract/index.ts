/**
 * @file The contract: every call the window or the command line can make. One file to read to know what the program
 * does; implemented in src/main/api, carried by Electron's message ports or by HTTP, and neither side knows which.
 */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import * as a from './annotations';
import * as explain from './explain';
import * as r from './reports';
import * as t from './types';

const nothing = z.object({}).optional();

/** Errors travel with their stable code; `message` is the sentence for people. */
const call = oc.errors({ PENUMBRA: { status: 422, data: z.object({ code: t.errorCode }) } });

export const contract = {
  project: {
    recent: call.input(nothing).output(z.array(t.recentProject)),
    current: call.input(nothing).output(t.projectSummary.nullable()),
    /** Opens the folder's project (made if there is none) and starts scanning; answers before the scan ends. */
    openFolder: call
      .input(z.object({ folder: t.filePath, file: t.filePath.optional() }))
      .output(t.projectSummary),
    openFile: call.input(z.object({ file: t.filePath })).output(t.projectSummary),
    /** Draws the sample folder (once) into the user's data directory and opens it. */
    openSample: call.input(nothing).output(t.projectSummary),
    /** A whole copy of a project that nobody has open. */
    copy: call.input(z.object({ file: t.filePath, to: t.filePath })).output(z.object({ file: z.string() })),
    close: call.input(nothing).output(z.object({})),
    /** Sub-folders of a folder of this machine, for the folder chooser where there is no system dialog. */
    browse: call.input(z.object({ folder: t.filePath.optional() })).output(
      z.object({
        folder: z.string(),
        parent: z.string().nullable(),
        folders: z.array(z.string()),
        images: z.number().int(),
      }),
    ),
  },
  library: {
    list: call
      .input(t.imageQuery)
      .output(z.object({ total: z.number().int(), images: z.array(t.imageItem) })),
    /** Ids of a view, in its order, where more is to be done with images than showing them. */
    ids: call
      .input(t.imageQuery.extend({ limit: z.number().int().min(1).max(10_000).default(10_000) }))
      .output(z.array(t.id)),
    facets: call.input(nothing).output(t.libraryFacets),
    unreadable: call.input(nothing).output(z.array(t.unreadableFile)),
    rescan: call.input(nothing).output(z.object({})),
  },
  encoders: {
    list: call.input(nothing).output(z.array(t.encoderCard)),
    /** "catalogue:NAME" (catalogue.ts), an .onnx or .safetensors file, or a TensorFlow.js GraphModel or LayersModel: the folder with model.json, or that file. */
    import: call
      .input(
        z.object({
          path: t.filePath,
          size: z.number().int().min(32).max(512).optional(),
          scale: t.pixelScaleName.optional(),
        }),
      )
      .output(t.encoderCard),
    /** An imported encoder at another size or scale of its pixels, tried anew and kept beside the first. */
    adjust: call
      .input(
        z.object({
          encoderId: t.id,
          size: z.number().int().min(32).max(512).optional(),
          scale: t.pixelScaleName.optional(),
        }),
      )
      .output(t.encoderCard),
    /**
     * A linear probe: learns the folder's classes on an encoder's frozen features, so that it has class scores. Answers with a new
     * encoder of the same embeddings. Learns on `split` (default: `train` where there is one) and measures on `testSplit` (default: `test`
     * or `val` where there is one; else a quarter of the images is held out). Ends early, with STOPPED, when the caller goes away.
     */
    probe: call
      .input(
        z.object({
          encoderId: t.id,
          split: z.string().optional(),
          testSplit: z.string().optional(),
          seed: z.number().int().min(0).default(1),
          device: t.deviceName.default('auto'),
        }),
      )
      .output(t.encoderCard),
  },
  training: {
    presets: call.input(nothing).output(z.array(t.presetCard)),
    /** Queues what is needed (encoder, calibration, masks, maps) and answers with the runs, in order. */
    start: call.input(t.startTraining).output(z.array(t.runSummary)),
    pause: call.input(z.object({ runId: t.id })).output(t.runSummary),
    resume: call.input(z.object({ runId: t.id })).output(t.runSummary),
    stop: call.input(z.object({ runId: t.id })).output(t.runSummary),
    rename: call
      .input(z.object({ runId: t.id, title: z.string().trim().min(1).max(120) }))
      .output(t.runSummary),
    /** Takes a run out, stopped first if need be, with what cannot go on without it; answers with all that went. */
    remove: call.input(z.object({ runId: t.id })).output(z.object({ runIds: z.array(t.id) })),
    /** Queued runs, in the order they are to start; none may start before what it needs is done. */
    reorder: call.input(z.object({ runIds: z.array(t.id).min(1) })).output(z.array(t.runSummary)),
    runs: call.input(nothing).output(z.array(t.runSummary)),
    metrics: call.input(z.object({ runId: t.id })).output(z.array(t.metricPoint)),
  },
  maps: {
    /** Computes (again) the maps of every image of the project with a trained mask run; default: the newest of each kind. */
    render: call
      .input(
        z.object({
          runIds: z.array(t.id).optional(),
          device: t.deviceName.default('auto'),
          shard: t.shard.optional(),
        }),
      )
      .output(z.array(t.runSummary)),
    /** Maps for images of any folder, written as npy; nothing enters the project. */
    renderFolder: call
      .input(
        z.object({
          folder: t.filePath,
          out: t.filePath,
          masks: z.array(t.maskKind).default(['positive', 'negative']),
          runId: t.id.optional(),
          budget: t.budget.optional(),
          device: t.deviceName.default('auto'),
        }),
      )
      .output(t.exportResult),
    ofImage: call.input(z.object({ imageId: t.id })).output(z.array(t.mapCard)),
    /** Adds the maps of copies of this project that rendered a shard each. */
    merge: call
      .input(z.object({ files: z.array(t.filePath).min(1) }))
      .output(z.object({ added: z.number().int(), known: z.number().int(), foreign: z.number().int() })),
  },
  exports: {
    run: call.input(t.startExport).output(t.exportResult),
    /** What would be written of one image; nothing is. */
    preview: call.input(t.previewExport).output(t.exportPreview),
  },
  annotations: {
    labels: call.input(nothing).output(z.array(a.projectLabel)),
    /** Adds a label, or changes the one of that name; `was` renames it. */
    putLabel: call.input(a.label.extend({ was: a.labelName.optional() })).output(z.array(a.projectLabel)),
    /** Refused while regions have the label. */
    removeLabel: call.input(z.object({ name: a.labelName })).output(z.array(a.projectLabel)),
    tags: call.input(nothing).output(z.array(a.tagCount)),
    ofImage: call.input(z.object({ imageId: t.id })).output(a.imageAnnotations),
    /** All changes or none, as one step that can be taken back; on the disk when it answers. */
    change: call.input(a.annotationStep).output(a.annotationStepResult),
    undo: call.input(z.object({ imageId: t.id })).output(a.imageAnnotations),
    redo: call.input(z.object({ imageId: t.id })).output(a.imageAnnotations),
    /** Checked, tags and note of any number of images: one step of the history of each that changes. */
    setState: call.input(a.stateChange).output(z.object({})),
    /** All of it or nothing; each image can be undone by itself. */
    import: call.input(a.annotationImport).output(a.importResult),
  },
  scores: {
    /** Scores masks and baselines on the same images; ends early, with STOPPED, when the caller goes away. */
    run: call.input(t.startScores).output(t.scoreReport),
  },
  reports: {
    /** Makes a report, or goes on with one that was broken off; ends early, with STOPPED, when the caller goes away. */
    run: call.input(r.startReport).output(r.reportResult),
    /** Newest first. */
    list: call.input(nothing).output(z.array(r.reportCard)),
    /** Default: the newest finished one; null if there is none. */
    get: call.input(z.object({ id: t.id.optional() })).output(r.storedReport.nullable()),
    /** Writes one self-contained page, or one table with a row a class. */
    write: call
      .input(z.object({ id: t.id, html: z.string().min(1).optional(), csv: z.string().min(1).optional() }))
      .output(z.object({ files: z.array(z.string()) })),
    review: call
      .input(r.reportReview.omit({ createdAt: true }).extend({ id: t.id }))
      .output(z.array(r.reportReview)),
    groups: call.input(nothing).output(z.array(r.imageGroup)),
    putGroup: call
      .input(
        z.object({
          name: z.string().trim().min(1).max(100),
          reportId: t.id.optional(),
          imageIds: z.array(t.id).min(1).max(100_000),
        }),
      )
      .output(z.array(r.imageGroup)),
    dropGroup: call.input(z.object({ id: t.id })).output(z.array(r.imageGroup)),
  },
  explain: {
    /** Answered by a worker that stays warm; the last question counts, so earlier ones may be aborted. */
    predict: call.input(explain.askPrediction).output(explain.prediction),
    attribute: call.input(explain.askAttribution).output(explain.attribution),
    curve: call.input(z.object({ runId: t.id })).output(explain.budgetCurve),
    standing: call.input(z.object({ runId: t.id, imageId: t.id })).output(explain.standing.nullable()),
  },
  lab: {
    /** Runs one experiment in a process of its own; ends early, with STOPPED, when the caller goes away. */
    run: call.input(t.startExperiment).output(t.experimentResult),
    kept: call.input(nothing).output(z.array(t.keptExperiment)),
  },
  device: {
    doctor: call.input(z.object({ selfTest: z.boolean().default(false) })).output(t.doctorReport),
    /** Times the program's own work on the chosen engine and on the others that work here, in turns. */
    bench: call.input(z.object({ rounds: z.number().int().min(1).max(20).default(3) })).output(t.benchReport),
  },
  settings: {
    get: call.input(nothing).output(z.record(z.string(), z.unknown())),
    set: call.input(z.object({ key: z.string().min(1).max(100), value: z.json() })).output(z.object({})),
  },
  events: {
    subscribe: call.input(nothing).output(eventIterator(t.appEvent)),
  },
};

export type Contract = typeof contract;
export * from './annotations';
export * from './errors';
export * from './reports';
export * from './types';
