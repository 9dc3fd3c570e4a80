package dev.obdbuild.worker.source.git;

import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.worker.signature.BadSignatureException;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * By whom a source's tag or commit must be signed. The tag is enough; where it is not signed by one
 * of them, the commit is.
 *
 * @param keys certificates of OpenPGP in armour, or a key of SSH
 * @param rejectExpired whether a certificate must not have expired since
 * @param requireTag whether a signed commit is not enough
 * @param ignoreTag whether a signed tag is not looked at
 */
record SignatureRule(String keys, boolean rejectExpired, boolean requireTag, boolean ignoreTag) {

  /** The rule of a source; none where nothing is said of signatures. */
  static Optional<SignatureRule> of(SourceOp op) {
    boolean said =
        op.attrs().keySet().stream().anyMatch(name -> name.startsWith(SourceAttr.GIT_SIG_PREFIX));
    return said
        ? Optional.of(
            new SignatureRule(
                op.attrs().getOrDefault(SourceAttr.GIT_SIG_PUBKEY, ""),
                is(op, SourceAttr.GIT_SIG_REJECT_EXPIRED),
                is(op, SourceAttr.GIT_SIG_REQUIRE_SIGNED_TAG),
                is(op, SourceAttr.GIT_SIG_IGNORE_SIGNED_TAG)))
        : Optional.empty();
  }

  private static boolean is(SourceOp op, String attribute) {
    return op.attrs().getOrDefault(attribute, "").equals("true");
  }

  /**
   * Verifies what a ref stands for.
   *
   * @throws IOException saying what is wrong with which object
   */
  void verify(GitObjects objects) throws IOException {
    @Nullable BadSignatureException ofTag = null;
    if (!ignoreTag && objects.tag().isPresent()) {
      SignedObject tag = SignedObject.tag(objects.tag().get());
      tag.verifyName(objects.found().object());
      try {
        tag.verifySignature(keys, rejectExpired);
        return;
      } catch (BadSignatureException e) {
        ofTag = e;
      }
    }
    if (requireTag) {
      throw ofTag == null
          ? new BadSignatureException("signed tag required but no signed tag found")
          : ofTag;
    }
    SignedObject commit = SignedObject.commit(objects.commit());
    commit.verifyName(objects.found().commit());
    try {
      commit.verifySignature(keys, rejectExpired);
    } catch (BadSignatureException e) {
      if (ofTag != null) {
        e.addSuppressed(ofTag);
      }
      throw e;
    }
  }
}
