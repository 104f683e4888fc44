package dev.culvert.host;

import java.lang.ref.WeakReference;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * One deployment of an application. The only references to the gateway are its listener, held
 * weakly, and the handshakes under way, which end with the deployment.
 */
final class Deployment {

  private final long id;
  private final String application;

  /** Handshakes under way; safe for use by any thread. */
  private final Set<Handshake> handshakes = ConcurrentHashMap.newKeySet();

  private volatile WeakReference<Consumer<String>> listener = new WeakReference<>(null);

  /** Of the gateway. */
  private volatile WeakReference<ClassLoader> loader = new WeakReference<>(null);

  private volatile boolean ended;

  Deployment(long id, String application) {
    this.id = id;
    this.application = application;
  }

  long id() {
    return id;
  }

  String application() {
    return application;
  }

  void listen(Consumer<String> newListener) {
    listener = new WeakReference<>(newListener);
    loader = new WeakReference<>(newListener.getClass().getClassLoader());
  }

  /** The class loader of its listener, as long as there is one. */
  Optional<ClassLoader> loader() {
    return Optional.ofNullable(loader.get());
  }

  /** Calls the listener when there is one. */
  boolean tell(String event) {
    Consumer<String> current = listener.get();
    if (current == null) {
      return false;
    }
    current.accept(event);
    return true;
  }

  void add(Handshake handshake) {
    handshakes.add(handshake);
    if (ended) {
      handshake.cancel();
    }
  }

  void remove(Handshake handshake) {
    handshakes.remove(handshake);
  }

  boolean hasEnded() {
    return ended;
  }

  /** Cancels what is under way; idempotent. */
  void end() {
    ended = true;
    listener.clear();
    handshakes.forEach(Handshake::cancel);
  }
}
