/** One step of the schema. The file's `user_version` is the version of the last step it has taken. */
export interface Migration {
  version: number;
  sql: string;
}
