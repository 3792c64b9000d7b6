import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppEvent } from '../../../src/contract/types';
import { eventsUntil, type Opened, openProgram, scanned } from './support';

let program: Opened;
beforeEach(async () => {
  program = await openProgram();
  await scanned(program);
});
afterEach(() => program.close());

const isAnnotations = (event: AppEvent): boolean => event.type === 'annotations';
const square = {
  kind: 'polygon' as const,
  rings: [
    [
      [1, 1],
      [5, 1],
      [5, 5],
      [1, 5],
    ] as [number, number][],
  ],
};

describe('the annotations area', () => {
  it('changes, undoes and redoes, and tells who listens', async () => {
    const { client } = program;
    const { images } = await client.library.list({});
    const imageId = images[0]!.id;
    const events = await client.events.subscribe();
    const { ids, history } = await client.annotations.change({
      imageId,
      title: 'polygon',
      changes: [{ put: { label: 'object', geometry: square } }],
    });
    expect(history).toEqual({ undo: 'polygon', redo: null });
    expect((await eventsUntil(events, isAnnotations)).at(-1)).toEqual({
      type: 'annotations',
      imageIds: [imageId],
    });
    expect((await client.annotations.ofImage({ imageId })).regions).toMatchObject([
      { id: ids[0], label: 'object', geometry: square },
    ]);
    expect(await client.annotations.undo({ imageId })).toMatchObject({
      regions: [],
      history: { undo: null, redo: 'polygon' },
    });
    expect((await client.annotations.redo({ imageId })).regions).toMatchObject([{ id: ids[0] }]);
    expect((await client.library.list({ annotated: true })).total).toBe(1);
  });

  it('sets the state of several images', async () => {
    const { client } = program;
    const imageIds = (await client.library.list({})).images.map(({ id }) => id);
    await client.annotations.setState({ imageIds, checked: true, addTags: ['seen '] });
    expect((await client.library.list({ checked: true, tag: 'seen' })).total).toBe(imageIds.length);
    expect(await client.annotations.tags()).toEqual([{ name: 'seen', images: imageIds.length }]);
    const { history } = await client.annotations.ofImage({ imageId: imageIds[0]! });
    expect(history.undo).toBe('check, change tags');
  });

  it('keeps labels', async () => {
    const { client } = program;
    const labels = await client.annotations.putLabel({ name: ' petal ', colour: '#AABBCC', role: 'object' });
    expect(labels.at(-1)).toMatchObject({ name: 'petal', colour: '#AABBCC', builtIn: false });
    expect(await client.annotations.removeLabel({ name: 'petal' })).toHaveLength(3);
  });

  it('refuses what is not a shape', async () => {
    const { client } = program;
    const put = (geometry: unknown) =>
      client.annotations.change({
        imageId: 1,
        title: 'x',
        changes: [{ put: { label: 'object', geometry: geometry as never } }],
      });
    const refused = { data: { code: 'INVALID_INPUT' } };
    await expect(put({ kind: 'box', x: 0, y: 0, width: Infinity, height: 1 })).rejects.toMatchObject(refused);
    await expect(put({ kind: 'polygon', rings: [[[0, 0]]] })).rejects.toMatchObject(refused);
    await expect(put(undefined)).rejects.toMatchObject(refused);
  });
});
