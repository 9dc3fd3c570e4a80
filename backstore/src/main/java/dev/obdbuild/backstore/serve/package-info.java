/**
 * Devices served by a process apart from the builder's. The builder has layers and a writable layer
 * in files, tells the server where they lie, and gets a node; the server writes down what it was
 * told, so that after a kill its next one serves on.
 *
 * <pre>
 * builder: RemoteExporter, RemoteDevice -> BackstoreClient --unix socket--> BackstoreServer -> ServedStacks -> LastingExporter
 *
 * a call: one connection, big-endian
 *   client  "OBDS" u16 version  u32 length  request
 *   server  "OBDS" u16 version  u32 length  reply
 * request: u8 kind, then the fields of {@link dev.obdbuild.backstore.serve.Request} in their order; reply likewise.
 * Texts are u16 length and UTF-8 as DataOutput writes it, lists u16 count. A length is at most 4 MiB.
 * </pre>
 *
 * <p>Every request may be repeated: a client does so when the server was restarted meanwhile.
 */
@NullMarked
package dev.obdbuild.backstore.serve;

import org.jspecify.annotations.NullMarked;
