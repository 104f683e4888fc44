package dev.culvert.host.dial;

import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;

/** Says in a few words what went wrong with a connection. */
final class Faults {

  private Faults() {}

  static String describe(Throwable fault) {
    if (fault instanceof SSLException) {
      return "TLS: " + tls(fault);
    }
    return fault.getMessage() == null ? fault.toString() : fault.getMessage();
  }

  /** The JDK wraps the reason; what stands outside is the least clear. */
  private static String tls(Throwable fault) {
    Throwable reason = fault;
    for (Throwable next = fault; next != null; next = next.getCause()) {
      if (next instanceof CertificateExpiredException) {
        return "the certificate has expired (" + next.getMessage() + ")";
      }
      if (next instanceof CertificateNotYetValidException) {
        return "the certificate is not valid yet (" + next.getMessage() + ")";
      }
      if (next instanceof CertPathValidatorException || next.getCause() == null) {
        reason = next;
      }
    }
    String message = reason.getMessage() == null ? reason.toString() : reason.getMessage();
    if (message.contains("unable to find valid certification path")) {
      return "the certificate is not trusted (" + message + ")";
    }
    if (reason instanceof CertificateException) {
      return "the certificate does not fit (" + message + ")";
    }
    return message;
  }
}
