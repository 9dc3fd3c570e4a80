/**
 * Tar archives as image layers use them, read and written. A stream of 512-byte blocks: per entry
 * one header (ustar or GNU), preceded by extension headers where needed (PAX {@code x} and {@code
 * g}, GNU {@code L} and {@code K}), then the content padded to blocks; two blocks of zeros at the
 * end. Names, link targets and attribute values are bytes; a name is a {@code String} with one char
 * per byte (ISO-8859-1). Nothing here touches a file.
 *
 * <p>Header: name 0+100, mode 100+8, uid 108+8, gid 116+8, size 124+12, mtime 136+12, checksum
 * 148+8, type 156, link 157+100, magic 257+8, uname 265+32, gname 297+32, devmajor 329+8, devminor
 * 337+8, then ustar: prefix 345+155; GNU: atime 345+12, ctime 357+12, sparse 386 (4 pairs of
 * 12+12), extended 482, real size 483+12.
 */
@NullMarked
package dev.obdbuild.oci.tar;

import org.jspecify.annotations.NullMarked;
