package dev.obdbuild.llb;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What the graph may know. */
@AnalyzeClasses(packages = "dev.obdbuild.llb", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  @ArchTest
  static final ArchRule KNOWS_ONLY_IMAGE_NOUNS_AND_MESSAGES =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.grpc..", "dev.obdbuild.oci.registry..", "dev.obdbuild.oci.tar..", "java.net..");
}
