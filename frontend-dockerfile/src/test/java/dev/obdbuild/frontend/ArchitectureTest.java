package dev.obdbuild.frontend;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The frontend yields a value and touches nothing. */
@AnalyzeClasses(
    packages = "dev.obdbuild.frontend",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  @ArchTest
  static final ArchRule TOUCHES_NOTHING =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.nio.file..",
              "java.net.http..",
              "dev.obdbuild.oci.registry..",
              "dev.obdbuild.oci.tar..",
              "dev.obdbuild.protos..",
              "io.grpc..");

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("dev.obdbuild.frontend.(*)..").should().beFreeOfCycles();
}
