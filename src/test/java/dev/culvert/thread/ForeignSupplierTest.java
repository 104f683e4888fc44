package dev.culvert.thread;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.Servlet;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ForeignSupplierTest {

  @Test
  void suppliesWhatTheReferenceHolds() {
    AtomicReference<String> source = new AtomicReference<>("a");
    Supplier<String> supplier = ForeignSupplier.of(source);
    assertThat(supplier.get()).isEqualTo("a");

    source.set(null);

    assertThat(supplier.get()).isNull();
  }

  @Test
  void itsClassIsNotTheDeployments() throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader deployment = new URLClassLoader(new URL[0], before)) {
      thread.setContextClassLoader(deployment);

      ClassLoader loader =
          ForeignSupplier.of(new AtomicReference<>("a")).getClass().getClassLoader();

      assertThat(loader).isNotSameAs(deployment);
      assertThat(loader == null || loader == Servlet.class.getClassLoader()).isTrue();
      assertThat(thread.getContextClassLoader()).isSameAs(deployment);
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
