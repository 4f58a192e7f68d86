import { Component } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { createPasskeys } from 'verify-passkeys';

const passkeys = createPasskeys({ baseUrl: '/passkeys' });

@Component({
  selector: 'app-root',
  template: '<input aria-label="User name" autocomplete="username webauthn">',
})
class SignIn {
  constructor() {
    Object.assign(globalThis, { passkeys });
  }
}
bootstrapApplication(SignIn).catch(console.error);
