-- Lets wrk send the prepared requests of bench/wire.py in turn and print its figures as JSON.
-- wrk --script wrk.lua URL -- FRAMES FIRST

local requests = {}
local at = 0

function init(args)
  local file = assert(io.open(args[1], "rb"))
  while true do
    local digits = file:read(10)
    if not digits then break end
    requests[#requests + 1] = file:read(tonumber(digits))
  end
  file:close()
  at = tonumber(args[2])
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '\nJSON {"requests": %d, "seconds": %f, "p50_ms": %f, "p99_ms": %f, "errors": %d, "bytes": %.0f}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout, summary.bytes))
end
