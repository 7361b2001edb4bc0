export { expectHarmed, expectUnharmed, type Outcome } from '@streamify/core/testing';
