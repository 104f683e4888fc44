package dev.culvert;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** Which package may know which. */
class ArchitectureTest {

  private static final String HOST = "dev.culvert.host..";
  private static final String BOUNDARY = "dev.culvert.boundary..";
  private static final String LOADER = "jakarta.servlet";

  private static final String POOL = "dev.culvert.host.pool..";
  private static final String UPSTREAM = "dev.culvert.host.upstream..";
  private static final String TYRUS = "org.glassfish.tyrus..";

  private static final String[] CONTAINER = {
    "jakarta.servlet..",
    "jakarta.enterprise..",
    "jakarta.inject..",
    "jakarta.ws.rs..",
    "jakarta.websocket..",
    "org.apache.catalina..",
    "org.glassfish..",
    "io.undertow..",
    "org.xnio.."
  };

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(new ImportOption.DoNotIncludeJars())
          .importPackages("dev.culvert", LOADER, "org.glassfish.tyrus");

  @Test
  void hostKnowsNothingOfTheGateway() {
    check(
        noClasses()
            .that()
            .resideInAPackage(HOST)
            .should()
            .dependOnClassesThat(
                resideInAPackage("dev.culvert..").and(not(resideInAnyPackage(HOST, BOUNDARY)))));
  }

  /** Clocks of nodes may differ; what one of them says of the day must decide nothing. */
  @Test
  void leasesKnowNoTimeOfDay() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage("dev.culvert.provider.lease..", "dev.culvert.host.lease..")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .dependOnClassesThat(
                resideInAPackage("java.time..").and(not(name("java.time.Duration")))));
  }

  @Test
  void boundaryIsMadeOfTheJdk() {
    check(
        classes()
            .that()
            .resideInAPackage(BOUNDARY)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(BOUNDARY, "java..", "javax.management..", "javax.net.ssl.."));
  }

  @Test
  void inTheHostOnlyConnectorsTouchTheServer() {
    check(
        noClasses()
            .that()
            .resideInAPackage(HOST)
            .and()
            .resideOutsideOfPackages(
                "dev.culvert.host.grizzly..", "dev.culvert.host.undertow..", UPSTREAM)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CONTAINER));
  }

  @Test
  void socketsOfUpstreamsTouchNothingOfTheServerButTheHostsOwnTyrus() {
    check(
        classes()
            .that()
            .resideInAnyPackage(UPSTREAM, TYRUS)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                UPSTREAM,
                POOL,
                "dev.culvert.host.dial..",
                "dev.culvert.host.loop..",
                TYRUS,
                "jakarta.websocket..",
                "java..",
                "javax.net.ssl.."));
  }

  @Test
  void thePoolIsMadeOfTheJdk() {
    check(
        classes()
            .that()
            .resideInAPackage(POOL)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(POOL, "java..", "javax.net.ssl.."));
  }

  /** Meters over the APIs of servers are exempt: those are reached by CDI only. */
  @Test
  void theCoreOfTheGatewayKnowsNoContainer() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(
                "dev.culvert.config..",
                "dev.culvert.meter..",
                "dev.culvert.handshake..",
                "dev.culvert.http..",
                "dev.culvert.relay.frame..",
                "dev.culvert.turn..",
                "dev.culvert.provider..")
            .and()
            .haveNameNotMatching(".*\\.(MicroProfile|Micrometer)Meter(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CONTAINER));
  }

  @Test
  void nobodyTouchesTheHostButThroughTheBoundary() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(HOST)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(HOST));
  }

  @Test
  void theLoaderBesideTheServletApiIsAlone() {
    check(
        classes()
            .that()
            .resideInAPackage(LOADER)
            .should()
            .onlyDependOnClassesThat(
                resideInAPackage("java..").or(name(LOADER + ".CulvertLoader"))));
  }

  @Test
  void packagesFormNoCycles() {
    check(slices().matching("dev.culvert.(**)").should().beFreeOfCycles());
  }

  private static void check(ArchRule rule) {
    assertThat(rule.evaluate(CLASSES).getFailureReport().getDetails()).isEmpty();
  }
}
