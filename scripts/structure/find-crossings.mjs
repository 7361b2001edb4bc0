import { layers } from './layers.mjs';

/** Imports that go up, or across: a sentence each. */
export function findCrossings(files) {
  return Object.entries(layers).flatMap(([root, order]) => crossingsIn(files, root, order));
}

function crossingsIn(files, root, order) {
  const folders = order.flatMap((line, rank) => line.map((folder) => ({ folder, rank })));
  const placeOf = (path) => {
    const inner = path.slice(root.length + 1);
    if (!inner.includes('/')) return { folder: '.', rank: order.length };
    const [place] = folders
      .filter(({ folder }) => inner.startsWith(`${folder}/`))
      .sort((a, b) => b.folder.length - a.folder.length);
    return place;
  };
  const own = [...files].filter(([path]) => path.startsWith(`${root}/`));
  return own.flatMap(([path, { imports }]) => {
    const from = placeOf(path);
    if (!from) return [`${path} is in no folder of scripts/structure/layers.mjs: give it a room`];
    return imports.flatMap((imported) => {
      const to = placeOf(imported);
      if (!to || to.rank < from.rank || to.folder === from.folder) return [];
      return [`${path} imports ${imported}: ${from.folder} stands below or beside ${to.folder}`];
    });
  });
}
