package dev.culvert.bench;

import dev.culvert.boot.HostFinder;
import dev.culvert.boundary.HostBoundary;
import dev.culvert.host.lease.LeaseBook;
import dev.culvert.provider.lease.Admission;
import dev.culvert.provider.lease.Book;
import dev.culvert.provider.lease.Lease;
import dev.culvert.provider.lease.LeaseStore;
import dev.culvert.provider.lease.MemoryLeaseStore;
import dev.culvert.route.DeployedLeases;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A lease taken and released in memory, beside others that are held: both together. {@code mvn
 * -Pjmh clean verify -Djmh.arguments=LeaseJmh}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LeaseJmh {

  private static final Path HOST_JAR = Path.of("target", "host", "culvert-host.jar");

  /** How the store comes to the book. */
  public enum Way {
    /** By a call. */
    BOOK,
    /** As in a deployment: by reflection, to a host in a class loader of its own. */
    HOST
  }

  @Param({"BOOK", "HOST"})
  public Way way;

  @Param({"0", "10000"})
  public int held;

  private LeaseStore store;
  private Runnable end;

  @Setup
  public void hold() {
    switch (way) {
      case BOOK -> keepInBook();
      case HOST -> deploy();
    }
    for (int i = 0; i < held; i++) {
      store.acquire(Lease.of("up", "held-" + i), 0);
    }
  }

  private void keepInBook() {
    Book book = new Book(new LeaseBook(System::nanoTime, owner -> true), 1);
    store = new MemoryLeaseStore(book, Duration.ofMinutes(5));
    store.start();
    end = store::close;
  }

  private void deploy() {
    HostBoundary host = new HostFinder("bench", LeaseJmh::hostJar).find();
    DeployedLeases leases =
        new DeployedLeases(host, host.deploy("bench"), "bench", Optional.empty());
    store = leases.store();
    end = leases::undeploy;
  }

  private static InputStream hostJar() {
    try {
      return Files.newInputStream(HOST_JAR);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Benchmark
  public Admission acquireAndRelease() {
    Lease lease = Lease.of("up", "session");
    Admission admission = store.acquire(lease, held + 2).toCompletableFuture().join();
    store.release(lease);
    return admission;
  }

  @TearDown
  public void end() {
    end.run();
  }
}
