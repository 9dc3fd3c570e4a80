package dev.obdbuild.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The test builds on Debian base images of the registry that {@link #REGISTRY} names ({@code
 * base/busybox:1}, {@code base/slim:1}) and installs packages from where the host does: it is
 * skipped, visibly, where there is none. With {@code OBD_REQUIRE=all} in the environment it fails
 * instead.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@Inherited
@ExtendWith(Capabilities.class)
public @interface NeedsBases {
  /** The environment variable with the registry's host and port. */
  String REGISTRY = "OBD_TEST_REGISTRY";
}
