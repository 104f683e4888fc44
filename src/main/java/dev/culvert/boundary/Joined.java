package dev.culvert.boundary;

import java.nio.channels.ByteChannel;
import java.util.function.Consumer;

/**
 * The client's end of a stream that {@link HostBoundary#join} opened. All of it is safe for use by
 * any thread, and nothing blocks.
 *
 * @param id of the stream, 1 to 40 characters
 * @param channel {@code read} returns 0 when there is nothing for the client yet and -1 when there
 *     will be no more; {@code write} takes what fits and throws {@link
 *     java.nio.channels.ClosedChannelException} once the stream has ended; {@code isOpen} is false
 *     from then on, though what is left for the client can still be read; {@code close} says that
 *     the client is gone
 * @param endInput says that the client sends no more, though it may still read
 * @param fail says that the client is gone, and why
 */
public record Joined(String id, ByteChannel channel, Runnable endInput, Consumer<String> fail) {}
