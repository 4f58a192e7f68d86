import { test } from '@playwright/test';
import { benchRelay } from './relay.ts';

test('the relay beside a bare proxy, and its heap over 100,000 calls', benchRelay);
