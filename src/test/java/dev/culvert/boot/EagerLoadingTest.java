package dev.culvert.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class EagerLoadingTest {

  /** As a web application's: own classes first, and none at all once it has been stopped. */
  private static final class StoppableLoader extends ClassLoader {

    private boolean stopped;

    StoppableLoader() {
      super(EagerLoadingTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        if (stopped) {
          throw new IllegalStateException("stopped: " + name);
        }
        Class<?> loaded = findLoadedClass(name);
        if (loaded != null) {
          return loaded;
        }
        return name.startsWith(Farewell.class.getName())
            ? define(name)
            : super.loadClass(name, resolve);
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  private final StoppableLoader loader = new StoppableLoader();

  @Test
  void whatHasBeenLoadedWorksWithALoaderThatLoadsNothingMore() throws Exception {
    Supplier<String> farewell = farewell();

    EagerLoading.ofApplication(farewell.getClass());
    loader.stopped = true;

    assertThat(farewell.get()).isEqualTo("GOOD BYE0");
  }

  @Test
  void librariesAreNotLoadedOnceNobodyWantsThem() throws Exception {
    Supplier<String> farewell = farewell();

    EagerLoading.withLibraries(farewell.getClass(), () -> false);
    loader.stopped = true;

    assertThatThrownBy(farewell::get).isInstanceOf(IllegalStateException.class);
  }

  /** Payara may stop it while libraries are being loaded. */
  @Test
  void aLoaderThatIsStoppedMeanwhileLoadsNothingMoreAndHarmsNobody() throws Exception {
    Supplier<String> farewell = farewell();

    EagerLoading.withLibraries(
        farewell.getClass(),
        () -> {
          loader.stopped = true;
          return true;
        });

    assertThatThrownBy(farewell::get).isInstanceOf(IllegalStateException.class);
  }

  @SuppressWarnings("unchecked") // Farewell supplies text, whoever has loaded it
  private Supplier<String> farewell() throws ReflectiveOperationException {
    Constructor<?> constructor =
        loader.loadClass(Farewell.class.getName()).getDeclaredConstructor();
    constructor.setAccessible(true);
    return (Supplier<String>) constructor.newInstance();
  }
}
