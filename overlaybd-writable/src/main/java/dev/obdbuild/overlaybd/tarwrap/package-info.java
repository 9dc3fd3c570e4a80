/**
 * The tar wrapper that makes a layer look like an ordinary one: a tar of one member, {@code
 * overlaybd.commit}.
 *
 * <pre>
 *    0  ustar header of type x, name overlaybd.pax; checksum decides whether this is a tar at all
 *  512  pax record "15 size=219550\n", zero padded; the only place with the real size
 * 1024  ustar header, name overlaybd.commit, size 0; its checksum is never looked at
 * 1536  payload, zero padded to 512, then 1024 zero bytes that need not be there
 * </pre>
 *
 * <p>Numbers are octal text, padded with blanks on the left.
 */
@NullMarked
package dev.obdbuild.overlaybd.tarwrap;

import org.jspecify.annotations.NullMarked;
