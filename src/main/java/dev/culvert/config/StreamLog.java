package dev.culvert.config;

/**
 * How streams are logged.
 *
 * @param level level of the events
 * @param logger name of the logger
 * @param handshake whether the opening is logged, or only the end
 */
public record StreamLog(System.Logger.Level level, String logger, boolean handshake) {}
