package dev.obdbuild.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The test makes block devices: it needs root, {@code /dev/fuse} and loop devices. With {@code
 * OBD_REQUIRE=all} in the environment it fails instead.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@Inherited
@ExtendWith(Capabilities.class)
public @interface NeedsDevice {}
