import 'reflect-metadata';
import { getRequestListener } from '@hono/node-server';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { page } from './page.mjs';
import { relay, session } from './relay.mjs';

class AppModule {}
Module({})(AppModule);

const listen = (handler) => getRequestListener(handler, { overrideGlobalObjects: false });
const app = await NestFactory.create(AppModule, { logger: false });
// What is mounted before listen() comes before Nest's own body parser.
app.use('/passkeys', listen(relay));
app.use('/session', listen(session));
app.use(listen(page));
await app.listen(Number(process.env.PORT), 'localhost');
