package dev.obdbuild.overlaybd.interop;

import java.util.Map;
import java.util.stream.Collectors;

/** What becomes of each damaged input: where it is refused, or that it reads right. */
final class BrokenTable {
  private static final String TABLE =
      """
      zf-good = reads
      zf-trunc-mid = ZFile trailer @51801
      zf-trunc-1 = ZFile trailer @104113
      zf-trunc-trailer = ZFile trailer @103602
      zf-trailing-512zero = ZFile trailer @104626
      zf-zero-length = ZFile header @0
      zf-511 = ZFile header @0
      zf-magic0 = ZFile header @0
      zf-magic1 = ZFile header @0
      zf-hdr-digest = ZFile header @28
      zf-hdr-flipbit-reserved = ZFile header @28
      zf-hdr-nodigestflag = reads
      zf-trl-magic = ZFile trailer @104114
      zf-trl-digest = reads
      zf-trl-flip-origsize = ZFile trailer @104142
      zf-trl-unsealed = ZFile trailer @104146
      zf-algo9 = ZFile trailer @104190
      zf-indexcount-huge = ZFile trailer @104162
      zf-indexcount-plus1 = ZFile trailer @104170
      zf-indexoff-past = ZFile trailer @104154
      zf-index-flip = ZFile index @103586
      zf-origsize-plus = ZFile trailer @104170
      zf-data-flip = ZFile block 0 @512
      zf-crc-flip = ZFile block 0 @512
      zf-bs0 = ZFile trailer @104186
      zf-bs128k = ZFile trailer @104186
      zfow-good = reads
      zfow-trunc-mid = ZFile header @40
      zfow-trunc-1 = reads
      zfow-trunc-trailer = reads
      zfow-trailing-512zero = reads
      zfow-zero-length = ZFile header @0
      zfow-511 = ZFile header @0
      zfow-magic0 = ZFile header @0
      zfow-magic1 = ZFile header @0
      zfow-hdr-digest = ZFile header @28
      zfow-hdr-flipbit-reserved = ZFile header @28
      zfow-hdr-nodigestflag = reads
      zfow-trl-magic = reads
      zfow-trl-digest = reads
      zfow-trl-flip-origsize = reads
      zfow-trl-unsealed = reads
      zfow-algo9 = ZFile header @76
      zfow-indexcount-huge = ZFile header @48
      zfow-indexcount-plus1 = ZFile header @56
      zfow-indexoff-past = ZFile header @40
      zfow-index-flip = ZFile index @103586
      zfow-origsize-plus = ZFile header @56
      zfow-data-flip = ZFile block 0 @512
      zfow-crc-flip = ZFile block 0 @512
      zfow-bs0 = ZFile header @72
      zfow-bs128k = ZFile header @72
      zf-nocrc-data-flip = ZFile block 0 @512
      ls-good = reads
      ls-trunc-mid = LSMT trailer @478208
      ls-trunc-trailer = LSMT trailer @956416
      ls-trunc-1 = LSMT trailer @960511
      ls-zero-length = LSMT header @0
      ls-4095 = LSMT header @0
      ls-append-4096 = LSMT trailer @964608
      ls-magic0 = LSMT header @0
      ls-magic1 = LSMT header @8
      ls-hdr-notheader = LSMT header @28
      ls-hdr-notdata = LSMT header @28
      ls-trl-magic = LSMT trailer @960512
      ls-trl-isheader = LSMT trailer @960540
      ls-trl-unsealed = LSMT trailer @960540
      ls-trl-index-flag = LSMT trailer @960540
      ls-version9 = reads
      ls-trl-version9 = reads
      ls-trl-version134 = reads
      ls-size-field = reads
      ls-unknown-flags = reads
      ls-vsize0 = reads
      ls-vsize-odd = reads
      ls-uuid-garbage = reads
      ls-index-count-2e6 = LSMT trailer @960552
      ls-index-count+256 = LSMT trailer @960552
      ls-index-off-past = LSMT trailer @960544
      ls-index-off-unaligned = LSMT trailer @960552
      ls-seg0-moffset-past = LSMT record 0 @956416
      ls-seg0-moffset-0 = LSMT record 0 @956416
      ls-seg-swap = LSMT record 1 @956432
      ls-seg-dup = LSMT record 1 @956432
      ls-seg0-len0 = LSMT record 0 @956416
      ls-seg0-tag77 = reads
      ls-data-flip = reads
      zl-good = reads
      zl-trunc-mid = ZFile header @40
      zl-data-flip = ZFile block 0 @512
      zl-near-end-flip = ZFile index @218086
      zt-good = reads
      zt-trunc-mid = tar member @512
      zt-data-flip = ZFile block 0 @512
      zt-near-end-flip = ZFile index @218094
      zt-pax-chksum = LSMT header @0
      zt-hdr-chksum = reads
      zt-no-eof = reads
      zt-plain-ustar-512 = LSMT header @0
      rw-good = reads
      rw-idx-torn = reads
      rw-idx-minus1 = reads
      rw-idx-empty = LSMT index header @0
      rw-idx-header-only = reads
      rw-idx-zero-record = reads
      rw-idx-zero-4096 = reads
      rw-data-short = LSMT index record 15 @4336
      rw-data-longer = reads
      rw-data-hdr-only = LSMT index record 0 @4096
      rw-data-as-index = LSMT index header @28
      rw-swapped = LSMT index header @28
      rw-idx-oob = LSMT index record 18 @4384
      rw-uuid-mismatch = reads
      rw-idx-index_offset = LSMT index header @32
      """;

  static final Map<String, String> EXPECTED =
      TABLE
          .lines()
          .map(line -> line.split(" = "))
          .collect(Collectors.toMap(words -> words[0].trim(), words -> words[1].trim()));

  private BrokenTable() {}
}
