package dev.culvert.bench;

import dev.culvert.host.lease.LeaseBook;
import dev.culvert.provider.lease.Admission;
import dev.culvert.provider.lease.Book;
import dev.culvert.provider.lease.Lease;
import dev.culvert.provider.lease.LeaseStore;
import dev.culvert.provider.lease.MemoryLeaseStore;
import java.time.Duration;
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

  @Param({"0", "10000"})
  public int held;

  private final LeaseStore store =
      new MemoryLeaseStore(
          new Book(new LeaseBook(System::nanoTime, owner -> true), 1), Duration.ofMinutes(5));

  @Setup
  public void hold() {
    store.start();
    for (int i = 0; i < held; i++) {
      store.acquire(Lease.of("up", "held-" + i), 0);
    }
  }

  @Benchmark
  public Admission acquireAndRelease() {
    Lease lease = Lease.of("up", "session");
    Admission admission = store.acquire(lease, held + 2).toCompletableFuture().join();
    store.release(lease);
    return admission;
  }
}
