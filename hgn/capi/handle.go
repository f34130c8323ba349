package main

// #include "rapidhgn.h"
import "C"

import "sync"

// handles are the objects that callers hold, by number. Numbers are not used again.
var handles struct {
	sync.RWMutex
	last    int64
	objects map[int64]any
}

// newHandle returns a number for object.
func newHandle(object any) C.int64_t {
	handles.Lock()
	defer handles.Unlock()
	if handles.objects == nil {
		handles.objects = make(map[int64]any)
	}
	handles.last++
	handles.objects[handles.last] = object
	return C.int64_t(handles.last)
}

// object returns what a handle stands for, which must be of type T. kind is for messages.
func object[T any](kind string, handle C.int64_t) (T, error) {
	handles.RLock()
	defer handles.RUnlock()
	found, ok := handles.objects[int64(handle)].(T)
	if !ok {
		return found, faultf(C.RHGN_HANDLE, "%d is not the handle of %s, or was freed", handle, kind)
	}
	return found, nil
}

// free forgets a handle, which must be that of a T.
func free[T any](kind string, handle C.int64_t) error {
	if _, err := object[T](kind, handle); err != nil {
		return err
	}
	handles.Lock()
	defer handles.Unlock()
	delete(handles.objects, int64(handle))
	return nil
}
