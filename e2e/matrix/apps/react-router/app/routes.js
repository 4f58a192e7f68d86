import { index, route } from '@react-router/dev/routes';

export default [index('./home.jsx'), route('passkeys/*', './passkeys.js'), route('session', './session.js')];
