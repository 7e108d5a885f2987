def log = new File(basedir, 'build.log').text.normalize()
assert log.contains('HELLO\n')
assert log.contains('tick 1\ntick 2\ntick 3\nthat is enough\n')
assert !log.contains('[WARNING]') // such as of threads that do not end
