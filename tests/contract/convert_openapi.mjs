// Writes the OpenAPI document of the npm package @seamapi/types as JSON.
// Usage: node convert_openapi.mjs <folder of the unpacked package> <file to write>
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const [folder, target] = process.argv.slice(2)
const source = pathToFileURL(resolve(folder, 'lib/seam/connect/openapi.js'))
const { default: openapi } = await import(source)
writeFileSync(target, JSON.stringify(openapi))
