package dev.obdbuild.frontend;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.obdbuild.testkit.arch.Walls;
import org.junit.jupiter.api.Test;

/** The frontend yields a value and touches nothing. */
final class ArchitectureTest {

  @Test
  void theWallsStand() {
    Walls.check("dev.obdbuild.frontend", "dev.obdbuild.oci", "dev.obdbuild.llb");
  }

  @Test
  void nothingOutsideIsTouched() {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.obdbuild.frontend");
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.nio.file..",
            "java.net.http..",
            "dev.obdbuild.oci.registry..",
            "dev.obdbuild.oci.tar..",
            "dev.obdbuild.protos..")
        .check(classes);
  }
}
