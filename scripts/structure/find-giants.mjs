import ts from 'typescript';

const mostLines = { function: 60, class: 150 };
/** A comment above what is longer gives the reason. */
const reason = /\bLong because\b/;

/** Functions and classes that are too long, and give no reason: a sentence each. */
export function findGiants(files) {
  return [...files].flatMap(([path, { text }]) => giantsIn(path, text));
}

function giantsIn(path, text) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const giants = [];
  const visit = (node) => {
    const kind = kindOf(node);
    if (kind) {
      const from = source.getLineAndCharacterOfPosition(node.getStart()).line;
      const lines = source.getLineAndCharacterOfPosition(node.end).line - from + 1;
      const whole = wholeOf(node);
      const above = text.slice(whole.getFullStart(), whole.getStart());
      if (lines > mostLines[kind] && !reason.test(above))
        giants.push(
          `${path}:${from + 1}: ${kind} ${node.name?.text ?? ''} has ${lines} lines, more than ${mostLines[kind]}: split it, or give the reason above it ("Long because …")`,
        );
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return giants;
}

/** What the comment of a function stands above: its statement, when it is an expression in one. */
function wholeOf(node) {
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return node;
  return ts.findAncestor(node, ts.isStatement) ?? node;
}

function kindOf(node) {
  if (ts.isClassDeclaration(node) || ts.isClassExpression(node)) return 'class';
  return ts.isFunctionLike(node) && node.body ? 'function' : undefined;
}
