/** An OpenAI-compatible endpoint on loopback that answers as a test wants it: rightly, or in one of the ways to go wrong. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ChatRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: {
    readonly model: string;
    readonly messages: readonly { readonly role: string; readonly content: string }[];
    readonly response_format: {
      readonly type: string;
      readonly json_schema: { readonly strict: boolean; readonly schema: { readonly required: readonly string[] } };
    };
  };
  /** Ids of the types that it asks about. */
  readonly types: readonly string[];
  /** The article, without the lines around it. */
  readonly article: string;
}

/** Writes the whole response. */
export type Behaviour = (request: ChatRequest, response: ServerResponse) => unknown;

export interface ChatEndpoint {
  /** With `/v1` behind it. */
  readonly url: string;
  readonly requests: readonly ChatRequest[];
  behaviour: Behaviour;
  close(): Promise<void>;
}

export async function startChatEndpoint(behaviour: Behaviour): Promise<ChatEndpoint> {
  const requests: ChatRequest[] = [];
  const server = createServer(async (incoming, response) => {
    response.on('error', () => undefined);
    let text = '';
    for await (const chunk of incoming) text += chunk;
    const body = JSON.parse(text || '{}') as ChatRequest['body'];
    const said = body.messages?.[1]?.content ?? '';
    const request: ChatRequest = {
      path: incoming.url ?? '',
      headers: incoming.headers,
      body,
      types: body.response_format?.json_schema.schema.required ?? [],
      article: said.slice(said.indexOf('\n') + 1, said.lastIndexOf('\n')),
    };
    requests.push(request);
    endpoint.behaviour(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint: ChatEndpoint = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    behaviour,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return endpoint;
}

export const completion = (content: unknown): string =>
  JSON.stringify({ object: 'chat.completion', choices: [{ index: 0, message: { role: 'assistant', content } }] });

/** Says whatever `content` makes of the request. */
export const saying =
  (content: (request: ChatRequest) => unknown): Behaviour =>
  (request, response) =>
    response.setHeader('content-type', 'application/json').end(completion(content(request)));

/** Answers in form: each type applies or not as `applies` says, by the article's first line. */
export const deciding = (applies: (type: string) => boolean): Behaviour =>
  saying(({ types, article }) =>
    JSON.stringify(
      Object.fromEntries(types.map((type) => [type, { applies: applies(type), quote: article.split('\n')[0] }])),
    ),
  );

export const serverError: Behaviour = (_, response) => response.writeHead(500).end('{"error":"no"}');

export const hanging: Behaviour = () => undefined;

/** Never ends the body; what nobody reads any more stops by itself. */
export const endless: Behaviour = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const piece = Buffer.alloc(16 << 10, ' ');
  const pour = (): void => {
    while (!response.destroyed && response.write(piece));
    if (!response.destroyed) response.once('drain', pour);
  };
  pour();
};

export const redirecting =
  (to: string, status = 307): Behaviour =>
  (_, response) =>
    response.writeHead(status, { location: to }).end();
