package dev.obdbuild.overlaybd;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "dev.obdbuild.overlaybd",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule packages_have_no_cycles =
      slices().matching("dev.obdbuild.overlaybd.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule only_zfile_sees_the_codecs =
      noClasses()
          .that()
          .resideOutsideOfPackage("..zfile..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.airlift..", "com.github.luben..");

  @ArchTest
  static final ArchRule bytes_in_bytes_out =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.net..",
              "tools.jackson..",
              "jnr..",
              "dev.obdbuild.linux..",
              "dev.obdbuild.oci..");

  @ArchTest
  static final ArchRule block_knows_no_format =
      noClasses()
          .that()
          .resideInAPackage("..block..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..lsmt..", "..zfile..", "..tarwrap..", "..trace..", "..layer..");
}
