import { expect, it } from 'vitest';
import { javaVersion } from './java.ts';

it.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['openjdk version "21" 2023-09-19', 21],
  ['openjdk version "25-ea" 2025-09-16', 25],
  ['java version "1.8.0_402"', 8],
  ['Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version "11.0.2" 2019-01-15', 11],
])('reads the feature release of %s', (output, version) => {
  expect(javaVersion(output)).toBe(version);
});

it('knows no version in what is not one', () => {
  expect(javaVersion('The operation couldn’t be completed. Unable to locate a Java Runtime.')).toBe(
    undefined,
  );
});
