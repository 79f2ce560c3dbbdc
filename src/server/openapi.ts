/** The API's description, OpenAPI 3.1, made of the schemas of its routes; and a page to browse it that needs no other host. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import { packageVersion } from '../paths.js';

/** The plugin names every shape a second time for requests; ours name none. */
const REQUEST_SHAPE = /Input$/;

/** To be called before the routes of `scope`: describes them all, and has their zod schemas validate and write. */
export async function describeApi(scope: FastifyInstance): Promise<void> {
  scope.setValidatorCompiler(validatorCompiler);
  scope.setSerializerCompiler(serializerCompiler);
  await scope.register(swagger, {
    openapi: {
      openapi: '3.1.1',
      info: {
        title: 'Belfry',
        version: packageVersion,
        description:
          'Articles tagged by threat type, with the words that made each tag. Errors are problem documents (RFC 9457). ' +
          'Answers carry an ETag. A token is sent as `Authorization: Bearer TOKEN`; on loopback none is needed until one is made.',
      },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }, {}],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => {
      const described = jsonSchemaTransformObject(document);
      const schemas = 'components' in described ? described.components?.schemas : undefined;
      for (const name of Object.keys(schemas ?? {})) {
        if (REQUEST_SHAPE.test(name)) delete schemas?.[name];
      }
      return described;
    },
  });
}

/** To be called after the routes: the document, and the page. */
export async function serveDescription(scope: FastifyInstance): Promise<void> {
  scope.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) =>
    reply.header('cache-control', 'no-cache').type('application/json').send(JSON.stringify(scope.swagger())),
  );
  await scope.register(swaggerUi, {
    routePrefix: '/docs',
    theme: { title: 'Belfry API' },
    uiConfig: { validatorUrl: null, deepLinking: true },
  });
}
