export interface OpenApiDocument {
  readonly paths: object;
}
export const docsPage = (document: OpenApiDocument): string => JSON.stringify(document);
