package dev.culvert.bench.spring;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Spring Cloud Gateway on Netty, with the one route of {@code application.yml}. */
@SpringBootApplication
public class SpringGateway {

  /**
   * Runs until it is killed.
   *
   * @param args the port to listen on, the upstream's, both on loopback, and how many connections
   *     to the upstream it may have
   */
  public static void main(String[] args) {
    SpringApplication.run(
        SpringGateway.class,
        "--server.port=" + args[0],
        "--upstream=" + args[1],
        "--kept=" + args[2]);
  }
}
