/** Circles of files that import each other, type imports counted: each as the list of its files. */
export function findCircles(files) {
  const circles = [];
  const [index, low, onStack, stack] = [new Map(), new Map(), new Set(), []];
  // Tarjan's strongly connected components.
  const visit = (path) => {
    index.set(path, index.size);
    low.set(path, index.get(path));
    stack.push(path);
    onStack.add(path);
    for (const next of files.get(path).imports) {
      if (!files.has(next)) continue;
      if (!index.has(next)) {
        visit(next);
        low.set(path, Math.min(low.get(path), low.get(next)));
      } else if (onStack.has(next)) low.set(path, Math.min(low.get(path), index.get(next)));
    }
    if (low.get(path) !== index.get(path)) return;
    const circle = stack.splice(stack.indexOf(path));
    for (const each of circle) onStack.delete(each);
    if (circle.length > 1) circles.push(circle.toSorted());
  };
  for (const path of files.keys()) if (!index.has(path)) visit(path);
  return circles;
}
